using Keelson.Api.Kinds;

namespace Keelson.Api.FlowControl.V1;

/// <summary>Group of users.</summary>
[ApiType("io.k8s.api.flowcontrol.v1.GroupSubject")]
public sealed partial record GroupSubject
{
    /// <summary>Name of the group; an asterisk stands for all.</summary>
    [Field(1, Always = true, Required = true)]
    public partial string Name { get; init; }
}
