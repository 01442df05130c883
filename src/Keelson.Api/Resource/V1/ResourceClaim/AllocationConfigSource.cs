namespace Keelson.Api.Resource.V1;

/// <summary>The values of AllocationConfigSource.</summary>
public static class AllocationConfigSource
{
    public const string FromClaim = "FromClaim";
    public const string FromClass = "FromClass";
}
