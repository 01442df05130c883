namespace Keelson.Api.Batch.V1;

/// <summary>The values of CompletionMode.</summary>
public static class CompletionMode
{
    public const string Indexed = "Indexed";
    public const string NonIndexed = "NonIndexed";
}
