using Keelson.Api.Kinds;

namespace Keelson.Api.FlowControl.V1;

/// <summary>How requests of a schema are split into flows.</summary>
[ApiType("io.k8s.api.flowcontrol.v1.FlowDistinguisherMethod")]
public sealed partial record FlowDistinguisherMethod
{
    /// <summary>ByUser or ByNamespace. Required.</summary>
    [Field(1, Always = true, Required = true, GoType = "v1.FlowDistinguisherMethodType")]
    public partial string Type { get; init; }
}
