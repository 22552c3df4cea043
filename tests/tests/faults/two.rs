//! Two servers that want one data folder: the second says why it does not start, the other
//! commands work beside the first, and its death leaves no lock behind.

use doorstep_tests::Folder;
use doorstep_tests::process::Process;

#[test]
fn the_second_is_refused_and_the_first_ones_death_frees_the_folder() {
    let folder = Folder::new();
    let data = folder.path().join("server");
    let (mut first, mut second) = (Process::at(&data), Process::at(&data));
    first.imports_sample_team();
    for turn in 0..5 {
        first.start();
        let (status, said) = second.try_start().unwrap_err();
        assert_eq!(status.code(), Some(1), "{said}");
        assert!(
            said.contains("another doorstep serves this data folder already"),
            "{said}"
        );
        let restore = second.try_run(&["restore", "/dev/null"]);
        assert_eq!(restore.status.code(), Some(1), "nor is anything restored into it");
        // Beside it the others work.
        let backup = folder.path().join(format!("{turn}.db"));
        second.run(&["backup", backup.to_str().unwrap()]);
        assert_eq!(second.run(&["issue", "list", "--json"]).trim(), "[]");
        second.run(&["device", "list", "--json"]);
        second.code("W101");
        second.verify();
        assert!(first.is_alive(), "and the first one serves on");
        first.unjudged();
        // However it ends, the next one may serve at once.
        if turn % 2 == 0 {
            first.kill();
        } else {
            assert!(first.end().success());
        }
        std::mem::swap(&mut first, &mut second);
    }
}
