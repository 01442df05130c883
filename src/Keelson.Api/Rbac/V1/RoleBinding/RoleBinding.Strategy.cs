using Keelson.Api.Kinds;

namespace Keelson.Api.Rbac.V1;

public sealed partial record RoleBinding
{
    /// <inheritdoc/>
    public static bool AllowCreateOnUpdate => true;

    /// <inheritdoc/>
    public static IEnumerable<string> NameErrors(string name, bool isPrefix) => NameRules.PathSegment(name, isPrefix);
}
