namespace Keelson.Api.Core.V1;

/// <summary>The values of ReplicationControllerConditionType.</summary>
public static class ReplicationControllerConditionType
{
    public const string ReplicaFailure = "ReplicaFailure";
}
