from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ('catalog', '0001_products'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='product',
            name='product_by_name',
        ),
        migrations.AddIndex(
            model_name='product',
            index=models.Index(fields=['business', 'sort_name', 'id', 'is_active'], name='product_by_place'),
        ),
    ]
