namespace Keelson.Api.FlowControl.V1;

/// <summary>The values of FlowDistinguisherMethodType.</summary>
public static class FlowDistinguisherMethodType
{
    public const string ByNamespace = "ByNamespace";
    public const string ByUser = "ByUser";
}
