
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounting', '0002_mirrored_items'),
    ]

    operations = [
        migrations.AddField(
            model_name='connection',
            name='access_token_issued_at',
            field=models.DateTimeField(null=True),
        ),
    ]
