"""How users are made; Django asks for a manager with these verbs."""

from typing import TypeVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager

UserModel = TypeVar("UserModel", bound=AbstractBaseUser)


class UserManager(BaseUserManager[UserModel]):
    """Makes users whose address is kept in lower case."""

    def create_user(self, email: str, password: str | None = None, **fields: object) -> UserModel:
        """This will store a user; without a password they can't sign in by one."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(
        self, email: str, password: str | None = None, **fields: object
    ) -> UserModel:
        """This will store a user who may enter the staff pages."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> UserModel:
        """This will find a user by address in any case."""
        return self.get(email=(username or "").strip().lower())
