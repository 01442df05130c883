using Keelson.Api.Kinds;

namespace Keelson.Api.Rbac.V1;

public sealed partial record ClusterRole
{
    /// <inheritdoc/>
    public static bool AllowCreateOnUpdate => true;

    /// <inheritdoc/>
    public static IEnumerable<string> NameErrors(string name, bool isPrefix) => NameRules.PathSegment(name, isPrefix);

    /// <inheritdoc/>
    public static ClusterRole PrepareForCreate(ClusterRole obj, WriteContext context) => WithoutEmpty(obj);

    /// <inheritdoc/>
    public static ClusterRole PrepareForUpdate(ClusterRole obj, ClusterRole old, WriteContext context) => WithoutEmpty(obj);

    /// <summary>Upstream's store does not know empty lists from absent ones.</summary>
    private static ClusterRole WithoutEmpty(ClusterRole obj) => obj.Rules.Count > 0 ? obj : obj with { Rules = default };
}
