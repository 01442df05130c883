using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Meta.V1;

[ApiType("io.k8s.apimachinery.pkg.apis.meta.v1.APIResourceList", SelfVersion = "v1")]
public sealed partial record APIResourceList
{
    [Field(1, Always = true, Required = true)]
    public partial string GroupVersion { get; init; }

    [Field(2, Always = true, Required = true, List = ListType.Atomic)]
    public partial ApiList<APIResource> Resources { get; init; }
}
