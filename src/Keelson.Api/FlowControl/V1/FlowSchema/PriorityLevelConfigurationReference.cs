using Keelson.Api.Kinds;

namespace Keelson.Api.FlowControl.V1;

/// <summary>Points to a priority level.</summary>
[ApiType("io.k8s.api.flowcontrol.v1.PriorityLevelConfigurationReference")]
public sealed partial record PriorityLevelConfigurationReference
{
    /// <summary>Name of the priority level.</summary>
    [Field(1, Always = true, Required = true)]
    public partial string Name { get; init; }
}
