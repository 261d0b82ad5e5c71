
import django.db.models.deletion
import partsemble.database.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounting', '0002_mirrored_items'),
        ('identity', '0001_users_and_businesses'),
    ]

    operations = [
        migrations.CreateModel(
            name='ItemSync',
            fields=[
                ('id', models.UUIDField(default=partsemble.database.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('trigger', models.CharField(choices=[('person', 'person'), ('command', 'command'), ('api', 'api')], max_length=16)),
                ('user_id', models.UUIDField(null=True)),
                ('actor_label', models.CharField(max_length=200)),
                ('state', models.CharField(choices=[('queued', 'queued'), ('reading', 'reading'), ('applying', 'applying'), ('finished', 'finished'), ('failed', 'failed')], max_length=16)),
                ('types', models.JSONField()),
                ('queued_at', models.DateTimeField(auto_now_add=True)),
                ('started_at', models.DateTimeField(null=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('observed_at', models.DateTimeField(null=True)),
                ('total_rows', models.PositiveIntegerField(null=True)),
                ('read_rows', models.PositiveIntegerField(default=0)),
                ('planned_steps', models.PositiveIntegerField(default=0)),
                ('applied_steps', models.PositiveIntegerField(default=0)),
                ('created', models.PositiveIntegerField(default=0)),
                ('updated', models.PositiveIntegerField(default=0)),
                ('deactivated', models.PositiveIntegerField(default=0)),
                ('reactivated', models.PositiveIntegerField(default=0)),
                ('skipped_unchanged', models.PositiveIntegerField(default=0)),
                ('skipped_by_type', models.JSONField(default=dict)),
                ('problem_count', models.PositiveIntegerField(default=0)),
                ('failure_code', models.CharField(blank=True, max_length=64)),
                ('failure_facts', models.JSONField(default=dict)),
                ('business', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.business')),
                ('connection', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounting.connection')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='SyncProblem',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('external_id', models.CharField(max_length=64)),
                ('name', models.CharField(max_length=500)),
                ('code', models.CharField(max_length=64)),
                ('sentence', models.TextField()),
                ('business', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.business')),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='sync.itemsync')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='SyncSettings',
            fields=[
                ('id', models.UUIDField(default=partsemble.database.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('item_types', models.JSONField()),
                ('business', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.business')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='SyncStep',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('sequence', models.PositiveIntegerField()),
                ('kind', models.CharField(choices=[('create', 'create'), ('update', 'update'), ('deactivate', 'deactivate'), ('reactivate', 'reactivate')], max_length=16)),
                ('external_id', models.CharField(max_length=64)),
                ('name', models.CharField(max_length=500)),
                ('item_id', models.UUIDField()),
                ('known_digest', models.CharField(blank=True, max_length=32)),
                ('observed', models.TextField()),
                ('changes', models.TextField()),
                ('business', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.business')),
                ('run', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='sync.itemsync')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.AddIndex(
            model_name='itemsync',
            index=models.Index(fields=['business', '-queued_at'], name='item_sync_newest'),
        ),
        migrations.AddConstraint(
            model_name='itemsync',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['applying', 'queued', 'reading'])), fields=('business',), name='item_sync_one_open'),
        ),
        migrations.AddConstraint(
            model_name='itemsync',
            constraint=models.CheckConstraint(condition=models.Q(('applied_steps__lte', models.F('planned_steps'))), name='item_sync_applies_what_is_planned'),
        ),
        migrations.AddConstraint(
            model_name='syncsettings',
            constraint=models.UniqueConstraint(fields=('business',), name='sync_settings_once'),
        ),
        migrations.AddConstraint(
            model_name='syncstep',
            constraint=models.UniqueConstraint(fields=('run', 'sequence'), name='sync_step_in_order'),
        ),
    ]
