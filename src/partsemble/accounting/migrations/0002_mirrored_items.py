
import django.db.models.deletion
import partsemble.database.fields
import partsemble.database.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounting', '0001_connections'),
        ('identity', '0001_users_and_businesses'),
    ]

    operations = [
        migrations.CreateModel(
            name='Item',
            fields=[
                ('id', models.UUIDField(default=partsemble.database.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('external_id', models.CharField(max_length=64)),
                ('name', models.CharField(max_length=500)),
                ('full_name', models.CharField(max_length=500)),
                ('sku', models.CharField(blank=True, max_length=500)),
                ('type', models.CharField(choices=[('inventory', 'inventory'), ('non_inventory', 'non_inventory'), ('service', 'service'), ('group', 'group'), ('bundle', 'bundle'), ('other', 'other')], max_length=16)),
                ('description', models.TextField(blank=True)),
                ('unit_price', partsemble.database.fields.FixedPointField(null=True)),
                ('purchase_cost', partsemble.database.fields.FixedPointField(null=True)),
                ('quantity_on_hand', partsemble.database.fields.FixedPointField(null=True)),
                ('inventory_start_date', models.DateField(null=True)),
                ('income_account_id', models.CharField(blank=True, max_length=64)),
                ('expense_account_id', models.CharField(blank=True, max_length=64)),
                ('asset_account_id', models.CharField(blank=True, max_length=64)),
                ('is_active', models.BooleanField()),
                ('revision', models.CharField(blank=True, max_length=64)),
                ('updated_at', models.DateTimeField(null=True)),
                ('digest', models.CharField(max_length=32)),
                ('sort_name', models.CharField(max_length=120)),
                ('search_text', models.CharField(max_length=300)),
                ('business', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.business')),
                ('connection', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounting.connection')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(fields=['business', 'sort_name', 'id', 'type', 'is_active', 'search_text'], name='item_by_name'), models.Index(fields=['business', 'sku', 'id'], name='item_by_sku')],
                'constraints': [models.UniqueConstraint(fields=('connection', 'external_id'), name='item_once_per_connection')],
            },
        ),
    ]
