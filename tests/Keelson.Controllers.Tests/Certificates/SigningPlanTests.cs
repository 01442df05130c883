using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Keelson.Api.Certificates.V1;
using Keelson.Api.Meta.V1;
using Keelson.Controllers.Certificates;
using Keelson.Machinery.Certificates;
using Keelson.Machinery.Values;

namespace Keelson.Controllers.Tests.Certificates;

public sealed class SigningPlanTests
{
    private const string KubeletClient = "kubernetes.io/kube-apiserver-client-kubelet";
    private const string Client = "kubernetes.io/kube-apiserver-client";
    private static readonly TimeSpan Year = TimeSpan.FromDays(365);

    [Fact]
    public void Only_approved_requests_to_known_signers_are_signed()
    {
        CertificateSigningRequest request = Request(Client, "jane", ["client auth"]);
        Assert.Equal(SigningAction.Ignore, SigningPlan.Compute(request, Year).Action);
        Assert.Equal(SigningAction.Sign, SigningPlan.Compute(Approved(request), Year).Action);
        Assert.Equal(
            SigningAction.Ignore,
            SigningPlan.Compute(Approved(Request("example.com/mine", "jane", ["client auth"])), Year).Action);
        CertificateSigningRequest denied = CertificateConditions.With(
            Approved(request), RequestConditionType.Denied, "No", "", null);
        Assert.Equal(SigningAction.Ignore, SigningPlan.Compute(denied, Year).Action);
    }

    [Fact]
    public void A_request_for_something_else_is_refused_in_upstreams_words()
    {
        Assert.Equal(
            "invalid usage for client certificate: server auth",
            SigningPlan.Compute(Approved(Request(Client, "jane", ["server auth"])), Year).Problem);
        Assert.Equal(
            "missing required usage for client certificate: client auth",
            SigningPlan.Compute(Approved(Request(Client, "jane", ["digital signature"])), Year).Problem);
        Assert.Equal(
            "subject organization is not system:nodes",
            SigningPlan.Compute(Approved(Request(KubeletClient, "system:node:a", ["client auth", "digital signature"])), Year).Problem);
    }

    [Fact]
    public void Lifetimes_stay_between_ten_minutes_and_the_longest()
    {
        Assert.Equal(TimeSpan.FromMinutes(10), SigningPlan.LifetimeOf(1, Year));
        Assert.Equal(TimeSpan.FromHours(1), SigningPlan.LifetimeOf(3600, Year));
        Assert.Equal(Year - TimeSpan.FromMinutes(5), SigningPlan.LifetimeOf(null, Year));
        Assert.Equal(Year - TimeSpan.FromMinutes(5), SigningPlan.LifetimeOf(int.MaxValue, Year));
    }

    [Fact]
    public void A_kubelet_that_renews_its_own_certificate_is_tried_with_the_smaller_right_first()
    {
        CertificateSigningRequest request = Request(
            KubeletClient, "system:node:a", ["client auth", "digital signature"], "system:nodes");
        Assert.Equal(["nodeclient"], ApprovalPlan.Compute(request, out _).Select(static one => one.Subresource));
        CertificateSigningRequest own = request with { Spec = request.Spec with { Username = "system:node:a" } };
        Assert.Equal(
            ["selfnodeclient", "nodeclient"], ApprovalPlan.Compute(own, out _).Select(static one => one.Subresource));
        Assert.Empty(ApprovalPlan.Compute(Approved(own), out _));
    }

    [Fact]
    public void Requests_are_cleaned_up_an_hour_after_their_answer_or_a_day_without_one()
    {
        DateTimeOffset now = new(2026, 1, 2, 0, 0, 0, TimeSpan.Zero);
        CertificateSigningRequest old = Request(Client, "jane", ["client auth"]) with
        {
            Metadata = ObjectMeta.Empty with { CreationTimestamp = new(now.AddHours(-25)) },
        };
        Assert.True(CertificateCleanupPlan.Compute(old, now));
        Assert.False(CertificateCleanupPlan.Compute(old, now.AddHours(-2)));
        CertificateSigningRequest denied = CertificateConditions.With(
            old, RequestConditionType.Denied, "No", "", new Time(now.AddMinutes(-61)));
        Assert.True(CertificateCleanupPlan.Compute(denied, now));
        Assert.False(CertificateCleanupPlan.Compute(denied, now.AddMinutes(-2)));
    }

    private static CertificateSigningRequest Approved(CertificateSigningRequest request) =>
        CertificateConditions.With(request, RequestConditionType.Approved, "Test", "", null);

    private static CertificateSigningRequest Request(
        string signer, string name, string[] usages, params string[] organizations)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest content = new(CertificateSubject.Build(name, organizations), key, HashAlgorithmName.SHA256);
        return new CertificateSigningRequest
        {
            Metadata = ObjectMeta.Empty with { Name = "r" },
            Spec = new CertificateSigningRequestSpec
            {
                SignerName = signer,
                Request = Bytes.FromText(content.CreateSigningRequestPem()),
                Usages = usages.ToApiList(),
            },
        };
    }
}
