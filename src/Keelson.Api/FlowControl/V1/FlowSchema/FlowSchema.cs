using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Api.FlowControl.V1;

/// <summary>
/// Assigns requests to a priority level and splits them into flows, for fair treatment under load.
/// </summary>
[ApiType("io.k8s.api.flowcontrol.v1.FlowSchema")]
[Kind(
    "flowcontrol.apiserver.k8s.io",
    "v1",
    "flowschemas",
    Singular = "flowschema",
    Verbs = "create,delete,deletecollection,get,list,patch,update,watch",
    StoragePrefix = "flowschemas")]
public sealed partial record FlowSchema : IObject
{
    /// <summary>Standard object metadata, such as the name, labels, annotations and owner references.</summary>
    [Field(1)]
    public partial ObjectMeta Metadata { get; init; }

    /// <summary>Desired behaviour of the schema.</summary>
    [Field(2)]
    public partial FlowSchemaSpec Spec { get; init; }

    /// <summary>Observed state of the schema.</summary>
    [Field(3)]
    public partial FlowSchemaStatus Status { get; init; }
}
