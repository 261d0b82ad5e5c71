
import django.db.models.deletion
import partsemble.database.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('identity', '0001_users_and_businesses'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AuthorizationRequest',
            fields=[
                ('id', models.UUIDField(default=partsemble.database.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('provider', models.CharField(max_length=16)),
                ('state_hash', models.CharField(max_length=64, unique=True)),
                ('session_hash', models.CharField(max_length=64)),
                ('expires_at', models.DateTimeField()),
                ('business', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.business')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Connection',
            fields=[
                ('id', models.UUIDField(default=partsemble.database.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('provider', models.CharField(choices=[('qbo', 'qbo')], max_length=16)),
                ('environment', models.CharField(max_length=200)),
                ('company_id', models.CharField(max_length=64)),
                ('company_name', models.CharField(max_length=200)),
                ('country', models.CharField(blank=True, max_length=64)),
                ('currency', models.CharField(max_length=3)),
                ('offering', models.CharField(blank=True, max_length=100)),
                ('state', models.CharField(choices=[('active', 'active'), ('expired', 'expired'), ('disconnected', 'disconnected')], max_length=16)),
                ('connected_by_label', models.CharField(max_length=200)),
                ('connected_at', models.DateTimeField()),
                ('client_id', models.CharField(max_length=200)),
                ('client_secret', models.TextField()),
                ('access_token', models.TextField(blank=True)),
                ('access_token_expires_at', models.DateTimeField(null=True)),
                ('refresh_token', models.TextField(blank=True)),
                ('refresh_token_issued_at', models.DateTimeField(null=True)),
                ('refresh_token_expires_at', models.DateTimeField(null=True)),
                ('token_generation', models.PositiveIntegerField(default=0)),
                ('refresh_claim', models.UUIDField(null=True)),
                ('refresh_claimed_until', models.DateTimeField(null=True)),
                ('last_called_at', models.DateTimeField(null=True)),
                ('last_error_code', models.CharField(blank=True, max_length=64)),
                ('last_error_at', models.DateTimeField(null=True)),
                ('business', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.business')),
                ('connected_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ['active', 'expired'])), fields=('provider', 'environment', 'company_id'), name='connection_one_business_per_company'), models.UniqueConstraint(condition=models.Q(('state__in', ['active', 'expired'])), fields=('business',), name='connection_one_live_per_business'), models.UniqueConstraint(fields=('business', 'provider', 'environment', 'company_id'), name='connection_one_row_per_company'), models.CheckConstraint(condition=models.Q(('state__in', ['active', 'expired', 'disconnected'])), name='connection_state_known'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'active'), _negated=True), models.Q(models.Q(('access_token', ''), _negated=True), models.Q(('refresh_token', ''), _negated=True)), _connector='OR'), name='connection_active_has_tokens'), models.CheckConstraint(condition=models.Q(models.Q(('refresh_claim__isnull', True), ('refresh_claimed_until__isnull', True)), models.Q(('refresh_claim__isnull', False), ('refresh_claimed_until__isnull', False)), _connector='OR'), name='connection_claim_is_whole')],
            },
        ),
    ]
