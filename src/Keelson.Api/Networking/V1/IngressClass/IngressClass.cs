using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Api.Networking.V1;

/// <summary>
/// Names a kind of ingress and the controller that implements it. The annotation
/// ingressclass.kubernetes.io/is-default-class with value true makes it the default for ingresses without a class.
/// </summary>
[ApiType("io.k8s.api.networking.v1.IngressClass")]
[Kind(
    "networking.k8s.io",
    "v1",
    "ingressclasses",
    Singular = "ingressclass",
    Verbs = "create,delete,deletecollection,get,list,patch,update,watch",
    StoragePrefix = "ingressclasses")]
public sealed partial record IngressClass : IObject
{
    /// <summary>Standard object metadata, such as the name, labels, annotations and owner references.</summary>
    [Field(1)]
    public partial ObjectMeta Metadata { get; init; }

    /// <summary>Controller of the class and its parameters.</summary>
    [Field(2)]
    public partial IngressClassSpec Spec { get; init; }
}
