
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('identity', '0002_api_tokens'),
        ('sync', '0002_plans_kept_by_page'),
    ]

    operations = [
        migrations.CreateModel(
            name='SyncRefresh',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('subject', models.CharField(choices=[('preferences', 'preferences'), ('accounts', 'accounts'), ('vendors', 'vendors')], max_length=16)),
                ('created', models.PositiveIntegerField(default=0)),
                ('changed', models.PositiveIntegerField(default=0)),
                ('absent', models.PositiveIntegerField(default=0)),
                ('fields', models.JSONField(default=list)),
                ('failure_code', models.CharField(blank=True, max_length=64)),
                ('business', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.business')),
                ('run', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='sync.itemsync')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(fields=('run', 'subject'), name='sync_refresh_once_a_run')],
            },
        ),
    ]
