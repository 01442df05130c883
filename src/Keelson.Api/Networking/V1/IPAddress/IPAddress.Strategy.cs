using Keelson.Api.Kinds;
using Keelson.Machinery.Validation;

namespace Keelson.Api.Networking.V1;

public sealed partial record IPAddress
{
    /// <inheritdoc/>
    public static IEnumerable<string> NameErrors(string name, bool isPrefix) => ContentRules.CanonicalIpAddress(name);
}
