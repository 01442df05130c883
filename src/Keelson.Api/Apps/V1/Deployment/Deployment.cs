using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Api.Apps.V1;

/// <summary>
/// Keeps a set of identical, interchangeable pods running and rolls out changes to them step by step through
/// replica sets. Suited to stateless applications.
/// </summary>
[ApiType("io.k8s.api.apps.v1.Deployment")]
[Kind(
    "apps",
    "v1",
    "deployments",
    Singular = "deployment",
    Namespaced = true,
    Verbs = "create,delete,deletecollection,get,list,patch,update,watch",
    ShortNames = "deploy",
    Categories = "all",
    StoragePrefix = "deployments")]
public sealed partial record Deployment : IObject
{
    /// <summary>Standard object metadata, such as the name, labels, annotations and owner references.</summary>
    [Field(1)]
    public partial ObjectMeta Metadata { get; init; }

    /// <summary>Desired state of the deployment: number of pods, their template and the rollout strategy.</summary>
    [Field(2)]
    public partial DeploymentSpec Spec { get; init; }

    /// <summary>Most recently observed state, written by the deployment controller.</summary>
    [Field(3)]
    public partial DeploymentStatus Status { get; init; }
}
