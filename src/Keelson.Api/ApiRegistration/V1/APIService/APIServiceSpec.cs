using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.ApiRegistration.V1;

/// <summary>Group, version and service of an aggregated API.</summary>
[ApiType("io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.APIServiceSpec")]
public sealed partial record APIServiceSpec
{
    /// <summary>
    /// Service that answers the requests. If not set, this API server serves the group version itself.
    /// </summary>
    [Field(1)]
    public partial ServiceReference? Service { get; init; }

    /// <summary>API group.</summary>
    [Field(2)]
    public partial string Group { get; init; }

    /// <summary>API version, such as v1.</summary>
    [Field(3)]
    public partial string Version { get; init; }

    /// <summary>Whether the server's certificate is not checked. Strongly discouraged; excludes caBundle.</summary>
    [Field(4)]
    public partial bool InsecureSkipTLSVerify { get; init; }

    /// <summary>
    /// CA certificates in PEM that the server's certificate is checked against. If not set, the roots of the
    /// system.
    /// </summary>
    [Field(5, List = ListType.Atomic)]
    public partial Bytes CaBundle { get; init; }

    /// <summary>
    /// Priority of the group, from 1 to 20000, where higher comes first; the highest among its versions counts. It
    /// decides which group clients prefer for a resource name.
    /// </summary>
    [Field(7, Always = true, Required = true)]
    public partial int GroupPriorityMinimum { get; init; }

    /// <summary>
    /// Order of this version within the group, from 1 to 1000, where higher comes first; equals are ordered by
    /// version name, stable ones before beta and alpha.
    /// </summary>
    [Field(8, Always = true, Required = true)]
    public partial int VersionPriority { get; init; }
}
