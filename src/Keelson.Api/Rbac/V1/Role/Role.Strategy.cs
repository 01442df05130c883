using Keelson.Api.Kinds;

namespace Keelson.Api.Rbac.V1;

public sealed partial record Role
{
    /// <inheritdoc/>
    public static bool AllowCreateOnUpdate => true;

    /// <inheritdoc/>
    public static IEnumerable<string> NameErrors(string name, bool isPrefix) => NameRules.PathSegment(name, isPrefix);

    /// <inheritdoc/>
    public static Role PrepareForCreate(Role obj, WriteContext context) => WithoutEmpty(obj);

    /// <inheritdoc/>
    public static Role PrepareForUpdate(Role obj, Role old, WriteContext context) => WithoutEmpty(obj);

    /// <summary>Upstream's store does not know empty lists from absent ones.</summary>
    private static Role WithoutEmpty(Role obj) => obj.Rules.Count > 0 ? obj : obj with { Rules = default };
}
