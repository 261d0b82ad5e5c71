
import django.db.models.deletion
import partsemble.database.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('identity', '0002_api_tokens'),
    ]

    operations = [
        migrations.CreateModel(
            name='RepeatableWrite',
            fields=[
                ('id', models.UUIDField(default=partsemble.database.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('key', models.CharField(max_length=200)),
                ('fingerprint', models.CharField(max_length=64)),
                ('record_id', models.UUIDField(default=partsemble.database.ids.new_id)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('business', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.business')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(fields=('business', 'key'), name='repeatable_write_once')],
            },
        ),
    ]
