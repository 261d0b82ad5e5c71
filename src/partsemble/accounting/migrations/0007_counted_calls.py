
import django.db.models.deletion
import partsemble.database.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounting', '0006_items_indexed_by_initials'),
        ('identity', '0002_api_tokens'),
    ]

    operations = [
        migrations.CreateModel(
            name='AppTally',
            fields=[
                ('id', models.UUIDField(default=partsemble.database.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('provider', models.CharField(max_length=16)),
                ('client_id', models.CharField(max_length=200)),
                ('month', models.DateField()),
                ('reads', models.PositiveBigIntegerField()),
                ('writes', models.PositiveBigIntegerField()),
                ('connections', models.PositiveIntegerField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('provider', 'client_id', 'month'), name='app_tally_once_a_month')],
            },
        ),
        migrations.CreateModel(
            name='ConnectionTally',
            fields=[
                ('id', models.UUIDField(default=partsemble.database.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('client_id', models.CharField(max_length=200)),
                ('month', models.DateField()),
                ('reads', models.PositiveBigIntegerField()),
                ('writes', models.PositiveBigIntegerField()),
                ('business', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.business')),
                ('connection', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounting.connection')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(fields=('connection', 'client_id', 'month'), name='connection_tally_once_a_month')],
            },
        ),
    ]
