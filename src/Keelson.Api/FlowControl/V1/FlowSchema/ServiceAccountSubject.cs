using Keelson.Api.Kinds;

namespace Keelson.Api.FlowControl.V1;

/// <summary>Service account, or all of a namespace.</summary>
[ApiType("io.k8s.api.flowcontrol.v1.ServiceAccountSubject")]
public sealed partial record ServiceAccountSubject
{
    /// <summary>Namespace of the service account.</summary>
    [Field(1, Always = true, Required = true)]
    public partial string Namespace { get; init; }

    /// <summary>Name of the service account; an asterisk stands for all.</summary>
    [Field(2, Always = true, Required = true)]
    public partial string Name { get; init; }
}
