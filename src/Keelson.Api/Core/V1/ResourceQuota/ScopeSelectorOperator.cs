namespace Keelson.Api.Core.V1;

/// <summary>The values of ScopeSelectorOperator.</summary>
public static class ScopeSelectorOperator
{
    public const string DoesNotExist = "DoesNotExist";
    public const string Exists = "Exists";
    public const string In = "In";
    public const string NotIn = "NotIn";
}
