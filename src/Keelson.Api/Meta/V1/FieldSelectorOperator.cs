namespace Keelson.Api.Meta.V1;

/// <summary>The values of FieldSelectorOperator.</summary>
public static class FieldSelectorOperator
{
    public const string DoesNotExist = "DoesNotExist";
    public const string Exists = "Exists";
    public const string In = "In";
    public const string NotIn = "NotIn";
}
