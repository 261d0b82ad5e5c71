from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ('stock', '0001_ledger'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='stockmove',
            index=models.Index(fields=['product', 'occurred_on', 'quantity', 'value', 'shortage'], name='move_by_day'),
        ),
    ]
