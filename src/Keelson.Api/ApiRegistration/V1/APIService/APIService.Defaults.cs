namespace Keelson.Api.ApiRegistration.V1;

public sealed partial record APIService
{
    private const int DefaultPort = 443;

    /// <inheritdoc/>
    public static APIService SetDefaults(APIService obj) => obj.Spec.Service is { Port: null } service
        ? obj with { Spec = obj.Spec with { Service = service with { Port = DefaultPort } } }
        : obj;
}
