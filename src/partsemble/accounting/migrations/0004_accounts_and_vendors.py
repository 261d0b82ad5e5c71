
import django.db.models.deletion
import partsemble.database.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounting', '0003_token_issue_time'),
        ('identity', '0002_api_tokens'),
    ]

    operations = [
        migrations.AddField(
            model_name='connection',
            name='books_closed_until',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='connection',
            name='has_own_numbers',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='connection',
            name='is_multicurrency',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='connection',
            name='tracks_quantity',
            field=models.BooleanField(default=False),
        ),
        migrations.CreateModel(
            name='LedgerAccount',
            fields=[
                ('id', models.UUIDField(default=partsemble.database.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('external_id', models.CharField(max_length=64)),
                ('number', models.CharField(blank=True, max_length=500)),
                ('name', models.CharField(max_length=500)),
                ('full_name', models.CharField(max_length=500)),
                ('type', models.CharField(choices=[('bank', 'bank'), ('receivable', 'receivable'), ('other_current_asset', 'other_current_asset'), ('fixed_asset', 'fixed_asset'), ('other_asset', 'other_asset'), ('payable', 'payable'), ('credit_card', 'credit_card'), ('other_current_liability', 'other_current_liability'), ('long_term_liability', 'long_term_liability'), ('equity', 'equity'), ('income', 'income'), ('cost_of_goods_sold', 'cost_of_goods_sold'), ('expense', 'expense'), ('other_income', 'other_income'), ('other_expense', 'other_expense'), ('other', 'other')], max_length=32)),
                ('subtype', models.CharField(blank=True, max_length=500)),
                ('classification', models.CharField(choices=[('asset', 'asset'), ('liability', 'liability'), ('equity', 'equity'), ('revenue', 'revenue'), ('expense', 'expense'), ('other', 'other')], max_length=16)),
                ('currency', models.CharField(blank=True, max_length=64)),
                ('is_active', models.BooleanField()),
                ('is_present', models.BooleanField(default=True)),
                ('parent_id', models.CharField(blank=True, max_length=64)),
                ('revision', models.CharField(blank=True, max_length=64)),
                ('digest', models.CharField(max_length=32)),
                ('sort_key', models.CharField(max_length=200)),
                ('search_text', models.CharField(max_length=600)),
                ('business', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.business')),
                ('connection', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounting.connection')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(fields=['business', 'connection', 'sort_key', 'id'], name='ledger_account_in_chart')],
                'constraints': [models.UniqueConstraint(fields=('connection', 'external_id'), name='ledger_account_once_per_connection')],
            },
        ),
        migrations.CreateModel(
            name='Vendor',
            fields=[
                ('id', models.UUIDField(default=partsemble.database.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('external_id', models.CharField(max_length=64)),
                ('name', models.CharField(max_length=500)),
                ('currency', models.CharField(blank=True, max_length=64)),
                ('is_active', models.BooleanField()),
                ('is_present', models.BooleanField(default=True)),
                ('revision', models.CharField(blank=True, max_length=64)),
                ('digest', models.CharField(max_length=32)),
                ('sort_key', models.CharField(max_length=200)),
                ('search_text', models.CharField(max_length=600)),
                ('business', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.business')),
                ('connection', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounting.connection')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(fields=['business', 'connection', 'sort_key', 'id'], name='vendor_by_name')],
                'constraints': [models.UniqueConstraint(fields=('connection', 'external_id'), name='vendor_once_per_connection')],
            },
        ),
    ]
