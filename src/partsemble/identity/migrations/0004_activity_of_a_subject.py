from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ('identity', '0003_switched_features'),
    ]

    operations = [
        migrations.AddField(
            model_name='activity',
            name='changes',
            field=models.JSONField(default=list),
        ),
        migrations.AddIndex(
            model_name='activity',
            index=models.Index(condition=models.Q(('subject_id__isnull', False)), fields=['subject_id', '-recorded_at', '-id'], name='activity_of_subject'),
        ),
    ]
