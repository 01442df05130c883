using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Validation;

namespace Keelson.Api.Core.V1;

public sealed partial record ServiceAccount
{
    /// <inheritdoc/>
    public static void ValidateUpdate(ServiceAccount obj, ServiceAccount old, FieldErrors errors) =>
        ObjectMetaRules.Revalidate(obj.Metadata, old.Metadata, namespaced: true, NameRules.DnsSubdomain, errors);
}
