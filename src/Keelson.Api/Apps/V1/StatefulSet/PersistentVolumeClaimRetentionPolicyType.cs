namespace Keelson.Api.Apps.V1;

/// <summary>The values of PersistentVolumeClaimRetentionPolicyType.</summary>
public static class PersistentVolumeClaimRetentionPolicyType
{
    public const string Delete = "Delete";
    public const string Retain = "Retain";
}
