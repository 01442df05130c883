using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.AdmissionRegistration.V1;

/// <summary>Set of webhooks that accept or reject objects on their way into the cluster.</summary>
[ApiType("io.k8s.api.admissionregistration.v1.ValidatingWebhookConfiguration")]
[Kind(
    "admissionregistration.k8s.io",
    "v1",
    "validatingwebhookconfigurations",
    Singular = "validatingwebhookconfiguration",
    Verbs = "create,delete,deletecollection,get,list,patch,update,watch",
    Categories = "api-extensions",
    StoragePrefix = "validatingwebhookconfigurations")]
public sealed partial record ValidatingWebhookConfiguration : IObject
{
    /// <summary>Standard object metadata, such as the name, labels, annotations and owner references.</summary>
    [Field(1)]
    public partial ObjectMeta Metadata { get; init; }

    /// <summary>The webhooks and the requests they are called for.</summary>
    [Field(2, List = ListType.Map, Keys = "name", PatchStrategy = "merge", MergeKey = "name")]
    public partial ApiList<ValidatingWebhook> Webhooks { get; init; }
}
