using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>An identity for processes in pods, towards the API server and possibly others.</summary>
[ApiType("io.k8s.api.core.v1.ServiceAccount")]
[Kind(
    "",
    "v1",
    "serviceaccounts",
    Singular = "serviceaccount",
    Namespaced = true,
    Verbs = "create,delete,deletecollection,get,list,patch,update,watch",
    ShortNames = "sa",
    StoragePrefix = "serviceaccounts")]
public sealed partial record ServiceAccount : IObject
{
    /// <summary>Name, labels, annotations and the other bookkeeping every object carries.</summary>
    [Field(1)]
    public partial ObjectMeta Metadata { get; init; }

    /// <summary>
    /// Secrets that pods of this account may use, if the annotation kubernetes.io/enforce-mountable-secrets demands
    /// it. Not to be used to find tokens.
    /// </summary>
    [Field(2, List = ListType.Map, Keys = "name", PatchStrategy = "merge", MergeKey = "name")]
    public partial ApiList<ObjectReference> Secrets { get; init; }

    /// <summary>
    /// Secrets with registry credentials that pods of this account get if they name none themselves.
    /// </summary>
    [Field(3, List = ListType.Atomic)]
    public partial ApiList<LocalObjectReference> ImagePullSecrets { get; init; }

    /// <summary>
    /// Whether pods of this account get a token mounted; a pod may decide otherwise. Mounted if absent.
    /// </summary>
    [Field(4)]
    public partial bool? AutomountServiceAccountToken { get; init; }
}
