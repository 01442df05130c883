namespace Keelson.Api.Batch.V1;

/// <summary>The values of ConcurrencyPolicy.</summary>
public static class ConcurrencyPolicy
{
    public const string Allow = "Allow";
    public const string Forbid = "Forbid";
    public const string Replace = "Replace";
}
