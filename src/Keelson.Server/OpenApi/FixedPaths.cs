using Keelson.Server.Discovery;

namespace Keelson.Server.OpenApi;

/// <summary>The paths that belong to no group version, by the document that version 3 shows them in.</summary>
internal static class FixedPaths
{
    /// <summary>Documents' names and their one path.</summary>
    public static IEnumerable<(string Document, PathOperations Path)> Of(DiscoverySnapshot snapshot)
    {
        yield return (".well-known/openid-configuration", Get(
            "/.well-known/openid-configuration/",
            "getServiceAccountIssuerOpenIDConfiguration",
            "get service account issuer OpenID configuration, also known as the 'OIDC discovery doc'",
            "WellKnown",
            "",
            MediaTypes.JsonOnly));
        yield return ("openid/v1/jwks", Get(
            "/openid/v1/jwks/",
            "getServiceAccountIssuerOpenIDKeyset",
            "get service account issuer OpenID JSON Web Key Set (contains public token verification keys)",
            "openid",
            "",
            ["application/jwk-set+json"]));
        yield return ("api", Get(
            "/api/", "getCoreAPIVersions", "get available API versions", "core", DefinitionNames.ApiVersions,
                MediaTypes.Objects));
        yield return ("apis", Get(
            "/apis/", "getAPIVersions", "get available API versions", "apis", DefinitionNames.ApiGroupList,
                MediaTypes.Objects));
        yield return ("version", Get(
            "/version/", "getCodeVersion", "get the version information for this server", "version",
                DefinitionNames.Version,
            MediaTypes.JsonOnly));
        foreach (DiscoveryGroup group in snapshot.Groups.Where(one => one.IsBuiltIn && one.Name.Length > 0))
        {
            yield return ("apis/" + group.Name, Get(
                $"/apis/{group.Name}/",
                $"get{OperationNames.Prefix(group.Name)}APIGroup",
                "get information of a group",
                OperationNames.Tag(group.Name, ""),
                DefinitionNames.ApiGroup,
                MediaTypes.Objects));
        }
    }

    private static PathOperations Get(
        string path, string id, string description, string tag, string definition, string[] produces) =>
        new(path,
        [
            new Operation("get", id, description, tag)
            {
                Answers = [("200", "OK", definition), ("401", "Unauthorized", null)],
                Produces = produces,
                Consumes = produces,
            },
        ]);
}
