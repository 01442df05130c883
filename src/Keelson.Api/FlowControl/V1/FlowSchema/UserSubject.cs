using Keelson.Api.Kinds;

namespace Keelson.Api.FlowControl.V1;

/// <summary>User.</summary>
[ApiType("io.k8s.api.flowcontrol.v1.UserSubject")]
public sealed partial record UserSubject
{
    /// <summary>Name of the user; an asterisk stands for all.</summary>
    [Field(1, Always = true, Required = true)]
    public partial string Name { get; init; }
}
