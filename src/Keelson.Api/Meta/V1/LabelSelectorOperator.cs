namespace Keelson.Api.Meta.V1;

/// <summary>The values of LabelSelectorOperator.</summary>
public static class LabelSelectorOperator
{
    public const string DoesNotExist = "DoesNotExist";
    public const string Exists = "Exists";
    public const string In = "In";
    public const string NotIn = "NotIn";
}
