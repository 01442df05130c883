using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Keelson.Machinery.Certificates;

namespace Keelson.Commands.Join;

/// <summary>What a directory tells of a machine that joined a cluster.</summary>
internal static class JoinedNode
{
    private const string UserPrefix = "system:node:";

    /// <summary>The name of the node that a directory has; null when there is none, or a whole cluster.</summary>
    public static string? NameIn(string dataDirectory)
    {
        string file = Path.Combine(dataDirectory, "pki", "kubelet-client-current.pem");
        if (Directory.Exists(Path.Combine(dataDirectory, "store")) || !File.Exists(file))
        {
            return null;
        }

        try
        {
            using X509Certificate2 certificate = X509Certificate2.CreateFromPem(File.ReadAllText(file));
            string user = CertificateSubject.Read(certificate.SubjectName).CommonName;
            return user.StartsWith(UserPrefix, StringComparison.Ordinal) ? user[UserPrefix.Length..] : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException
            or CryptographicException)
        {
            return null;
        }
    }
}
