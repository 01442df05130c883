using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;

namespace Keelson.Api.Networking.V1;

/// <summary>
/// One IP address in use, claimed for an object such as a Service. The object's name is the address in canonical
/// form, so that no address can be claimed twice.
/// </summary>
[ApiType("io.k8s.api.networking.v1.IPAddress")]
[Kind(
    "networking.k8s.io",
    "v1",
    "ipaddresses",
    Singular = "ipaddress",
    Verbs = "create,delete,deletecollection,get,list,patch,update,watch",
    ShortNames = "ip",
    StoragePrefix = "ipaddresses")]
public sealed partial record IPAddress : IObject
{
    /// <summary>
    /// Standard object metadata; the name must be the address in canonical form, such as 192.168.1.5 or
    /// 2001:db8::1.
    /// </summary>
    [Field(1)]
    public partial ObjectMeta Metadata { get; init; }

    /// <summary>What the address is claimed for.</summary>
    [Field(2, Required = true)]
    public partial IPAddressSpec Spec { get; init; }
}
