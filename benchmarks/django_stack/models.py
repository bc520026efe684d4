"""A job as it stands, and the statuses it has had. The indexes are those of the ledger's read model for the living."""

import uuid

from django.db import models
from django.db.models import Index, UniqueConstraint


class Status(models.TextChoices):
    PENDING = "PENDING"
    RUNNING = "RUNNING"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"


class Job(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=255)
    current_status_type = models.CharField(max_length=9, choices=Status, default=Status.PENDING)
    current_status_timestamp = models.DateTimeField()
    message = models.TextField(null=True)  # noqa: DJ001 - the contract tells none from empty
    labels = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        # Not unique=True on the field: that would keep a second index over names, for LIKE, which nobody asks.
        constraints = (UniqueConstraint(fields=["name"], name="unique_name"),)
        indexes = (
            Index(fields=["created_at", "id"], name="by_creation"),
            Index(fields=["current_status_type", "created_at", "id"], name="status_by_creation"),
            Index(fields=["current_status_type", "name", "id"], name="status_by_name"),
        )

    def __str__(self) -> str:
        return str(self.name)


class JobStatus(models.Model):
    # Found by the index below, whose first column it is.
    job = models.ForeignKey(Job, models.CASCADE, related_name="statuses", db_index=False)
    status_type = models.CharField(max_length=9, choices=Status)
    timestamp = models.DateTimeField(auto_now_add=True)
    message = models.TextField(null=True)  # noqa: DJ001 - the contract tells none from empty

    class Meta:
        ordering = ("-timestamp", "-id")
        indexes = (Index(fields=["job", "timestamp", "id"], name="history"),)

    def __str__(self) -> str:
        return f"{self.status_type} at {self.timestamp}"
