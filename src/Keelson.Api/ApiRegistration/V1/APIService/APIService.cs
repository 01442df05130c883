using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Api.ApiRegistration.V1;

/// <summary>
/// Announces that an API group version is served by another server, to which requests are forwarded. Its name must
/// be version.group.
/// </summary>
[ApiType("io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.APIService")]
[Kind(
    "apiregistration.k8s.io",
    "v1",
    "apiservices",
    Singular = "apiservice",
    Verbs = "create,delete,deletecollection,get,list,patch,update,watch",
    Categories = "api-extensions",
    StoragePrefix = "apiregistration.k8s.io/apiservices")]
public sealed partial record APIService : IObject
{
    /// <summary>Standard object metadata, such as the name, labels, annotations and owner references.</summary>
    [Field(1)]
    public partial ObjectMeta Metadata { get; init; }

    /// <summary>Group, version and the service behind it.</summary>
    [Field(2)]
    public partial APIServiceSpec Spec { get; init; }

    /// <summary>Observed state of the server behind it.</summary>
    [Field(3)]
    public partial APIServiceStatus Status { get; init; }
}
