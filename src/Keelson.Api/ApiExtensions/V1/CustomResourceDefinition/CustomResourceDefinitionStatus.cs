using Keelson.Api.Kinds;
using Keelson.Machinery.Schema;
using Keelson.Machinery.Values;

namespace Keelson.Api.ApiExtensions.V1;

/// <summary>Observed state of a definition.</summary>
[ApiType("io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinitionStatus")]
public sealed partial record CustomResourceDefinitionStatus
{
    /// <summary>Latest observations, at most one per type.</summary>
    [Field(1, Always = true, List = ListType.Map, Keys = "type")]
    public partial ApiList<CustomResourceDefinitionCondition> Conditions { get; init; }

    /// <summary>Names actually in use; they may differ from the spec if names clash.</summary>
    [Field(2, Always = true)]
    public partial CustomResourceDefinitionNames AcceptedNames { get; init; }

    /// <summary>
    /// Versions in which objects may have been stored; one can be removed from here after its objects were
    /// migrated.
    /// </summary>
    [Field(3, Always = true, List = ListType.Atomic)]
    public partial ApiList<string> StoredVersions { get; init; }

    /// <summary>Generation of the definition the controllers last saw.</summary>
    [Field(4)]
    public partial long ObservedGeneration { get; init; }
}
