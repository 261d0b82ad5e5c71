"""Plans are kept by page instead of by step.

Steps that were stored before are dropped with their table: nobody uses this yet.
"""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('identity', '0002_api_tokens'),
        ('sync', '0001_runs_and_plans'),
    ]

    operations = [
        migrations.DeleteModel(
            name='SyncStep',
        ),
        migrations.CreateModel(
            name='PlanPage',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('first_sequence', models.PositiveIntegerField()),
                ('step_count', models.PositiveIntegerField()),
                ('created', models.PositiveIntegerField()),
                ('updated', models.PositiveIntegerField()),
                ('deactivated', models.PositiveIntegerField()),
                ('reactivated', models.PositiveIntegerField()),
                ('names', models.TextField()),
                ('steps', models.BinaryField()),
                ('business', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.business')),
                ('run', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='sync.itemsync')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.AddConstraint(
            model_name='planpage',
            constraint=models.UniqueConstraint(fields=('run', 'first_sequence'), name='plan_page_in_order'),
        ),
        migrations.AlterField(
            model_name='itemsync',
            name='trigger',
            field=models.CharField(choices=[('person', 'person'), ('command', 'command'), ('api', 'api'), ('schedule', 'schedule'), ('webhook', 'webhook')], max_length=16),
        ),
    ]
