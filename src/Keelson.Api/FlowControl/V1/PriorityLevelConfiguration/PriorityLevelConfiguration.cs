using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Api.FlowControl.V1;

/// <summary>
/// Describes a priority level: the share of the server's concurrency it gets and what happens beyond that.
/// </summary>
[ApiType("io.k8s.api.flowcontrol.v1.PriorityLevelConfiguration")]
[Kind(
    "flowcontrol.apiserver.k8s.io",
    "v1",
    "prioritylevelconfigurations",
    Singular = "prioritylevelconfiguration",
    Verbs = "create,delete,deletecollection,get,list,patch,update,watch",
    StoragePrefix = "prioritylevelconfigurations")]
public sealed partial record PriorityLevelConfiguration : IObject
{
    /// <summary>Standard object metadata, such as the name, labels, annotations and owner references.</summary>
    [Field(1)]
    public partial ObjectMeta Metadata { get; init; }

    /// <summary>Desired behaviour of the level.</summary>
    [Field(2)]
    public partial PriorityLevelConfigurationSpec Spec { get; init; }

    /// <summary>Observed state of the level.</summary>
    [Field(3)]
    public partial PriorityLevelConfigurationStatus Status { get; init; }
}
