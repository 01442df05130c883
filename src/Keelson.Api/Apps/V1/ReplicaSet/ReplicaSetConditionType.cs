namespace Keelson.Api.Apps.V1;

/// <summary>The values of ReplicaSetConditionType.</summary>
public static class ReplicaSetConditionType
{
    public const string ReplicaFailure = "ReplicaFailure";
}
