using Keelson.Machinery.Validation;

namespace Keelson.Api.Rbac.V1;

public sealed partial record Role
{
    /// <inheritdoc/>
    public static void Validate(Role obj, FieldErrors errors) => PolicyRuleRules.Validate(obj.Rules, namespaced: true, errors);
}
