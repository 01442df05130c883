using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.Core.V1;

/// <summary>An HTTP GET request. A status from 200 to 399 means success.</summary>
[ApiType("io.k8s.api.core.v1.HTTPGetAction")]
public sealed partial record HTTPGetAction
{
    /// <summary>Path to ask for. Defaults to /.</summary>
    [Field(1)]
    public partial string Path { get; init; }

    /// <summary>Number (1 to 65535) or name of a port of the container. Required.</summary>
    [Field(2, Always = true, Required = true)]
    public partial IntOrString Port { get; init; }

    /// <summary>
    /// Host to connect to. Defaults to the address of the pod; to choose a virtual host set the Host header
    /// instead.
    /// </summary>
    [Field(3)]
    public partial string Host { get; init; }

    /// <summary>HTTP or HTTPS; certificates are not verified. Defaults to HTTP.</summary>
    [Field(4, Enum = typeof(URIScheme))]
    public partial string Scheme { get; init; }

    /// <summary>Extra headers of the request. A name may be repeated.</summary>
    [Field(5, List = ListType.Atomic)]
    public partial ApiList<HTTPHeader> HttpHeaders { get; init; }
}
