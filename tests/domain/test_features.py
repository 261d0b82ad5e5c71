"""Features of a business: off until somebody switches them on (BIZ-4)."""

import pytest
from tests.support.cast import Cast, Person

from partsemble.identity.queries import has_feature, list_activity
from partsemble.identity.services import set_feature
from partsemble.identity.types import Feature
from partsemble.kernel.errors import PermissionMissing

pytestmark = pytest.mark.django_db


def is_receiving(person: Person) -> bool:
    return has_feature(business_id=person.business.id, feature=Feature.RECEIVING)


def test_a_feature_is_off_until_it_is_switched_on(cast: Cast) -> None:
    owner = cast.owner
    assert not is_receiving(owner)
    assert set_feature(actor=owner.actor, feature=Feature.RECEIVING, is_on=True)
    assert is_receiving(owner)
    assert not is_receiving(cast.stranger)
    assert set_feature(actor=owner.actor, feature=Feature.RECEIVING, is_on=False)
    assert not is_receiving(owner)
    told = [(each.verb, each.subject_label) for each in list_activity(actor=owner.actor)]
    assert told == [("switched off", "receiving"), ("switched on", "receiving")]


def test_what_is_so_already_changes_nothing(cast: Cast) -> None:
    actor = cast.owner.actor
    assert not set_feature(actor=actor, feature=Feature.RECEIVING, is_on=False)
    set_feature(actor=actor, feature=Feature.RECEIVING, is_on=True)
    assert not set_feature(actor=actor, feature=Feature.RECEIVING, is_on=True)
    assert len(list_activity(actor=actor)) == 1


def test_it_takes_the_permission_to_manage_settings(cast: Cast) -> None:
    for person in (cast.builder, cast.accountant):
        with pytest.raises(PermissionMissing):
            set_feature(actor=person.actor, feature=Feature.RECEIVING, is_on=True)
    assert not is_receiving(cast.owner)
